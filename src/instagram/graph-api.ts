import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Deadline } from '../common/deadline.js';
import type { JsonObject } from '../common/json-object.js';
import { TRY_AGAIN } from '../domain/fixes.js';
import type { Secret } from '../domain/secret.js';
import { Configuration } from '../config/index.js';
import { readGraphAnswer } from './graph-answer.js';
import {
  mapGraphError,
  type Subject,
  toRateLimitError,
  TOO_MANY_REQUESTS,
} from './graph-error.mapper.js';
import type { GraphAnswer, GraphRequest } from './graph-request.js';
import { GraphTransport } from './graph-transport.js';
import { InstagramError } from './instagram-error.js';
import { LoginTransport } from './login-transport.js';
import { readRetryAfter } from './usage-headers.js';

export interface GraphCall {
  readonly method: GraphRequest['method'];
  /** Below the version, with a leading slash. */
  readonly path: string;
  /** Sent as JSON with POST, in the query otherwise. */
  readonly parameters?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** Decides the code and the words of an error. */
  readonly subject: Subject;
}

/** Calls the Graph API with an account's token and reads the answers. */
@Injectable()
export class GraphApi {
  constructor(
    private readonly transport: GraphTransport,
    private readonly logins: LoginTransport,
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'metaAppSecret'>,
  ) {}

  /**
   * The JSON object of an answer with status 200.
   *
   * @throws {InstagramError} any code except `metadata_invalid`, `like_requires_facebook_login`
   *   and `internal`. Its `effect` says whether a write may have taken effect anyway.
   */
  async call(call: GraphCall, token: Secret, deadline: Deadline): Promise<JsonObject> {
    const parameters = { ...call.parameters, ...this.buildProof(token) };
    const answer = await this.send({
      method: call.method,
      path: call.path,
      ...(call.method === 'POST' ? { body: parameters } : { query: parameters }),
      token,
      deadline,
    });
    return readObject(answer, call.subject);
  }

  /**
   * Repeats a read once if the connection broke before an answer, usually because the other end had
   * closed an idle connection. A write may have taken effect, so it is never repeated.
   */
  private async send(request: GraphRequest): Promise<GraphAnswer> {
    try {
      return await this.transport.send(request);
    } catch (error) {
      const isBroken = error instanceof InstagramError && error.remedy === 'new_connection';
      if (!isBroken || request.method !== 'GET') throw error;
      return this.transport.send(request);
    }
  }

  /**
   * Asks for a token. Codes and secrets go in the body, because URLs end up in access logs.
   *
   * @throws {InstagramError} as `call`.
   */
  async askForToken(
    form: Readonly<Record<string, string>>,
    deadline: Deadline,
  ): Promise<JsonObject> {
    return readObject(await this.logins.post('/oauth/access_token', form, deadline), 'login');
  }

  /**
   * A write. Only the answer `{"success":true}` is a success.
   *
   * @throws {InstagramError} as `call`.
   */
  async write(call: GraphCall, token: Secret, deadline: Deadline): Promise<void> {
    const { success } = await this.call(call, token, deadline);
    if (success !== true) throw toUnusableAnswerError(200);
  }

  /** Proof that a call comes from the app's own server (Graph API, "Secure requests"). */
  private buildProof(token: Secret): { appsecret_proof?: string } {
    const secret = this.configuration.metaAppSecret;
    if (secret === undefined) return {};
    return {
      appsecret_proof: createHmac('sha256', secret.reveal()).update(token.reveal()).digest('hex'),
    };
  }
}

function readObject(answer: GraphAnswer, subject: Subject): JsonObject {
  const result = readGraphAnswer(answer.status, answer.text);
  switch (result.kind) {
    case 'object':
      return result.object;
    case 'error':
      throw mapGraphError(result.error, {
        subject,
        status: answer.status,
        retryAfterSeconds: readRetryAfter(answer, result.error.code),
      });
    case 'undocumented':
      throw answer.status === TOO_MANY_REQUESTS
        ? toRateLimitError(readRetryAfter(answer))
        : toUnusableAnswerError(answer.status);
  }
}

/** The error for an answer that Meta does not document. */
export function toUnusableAnswerError(status: number): InstagramError {
  return new InstagramError(
    'platform_unavailable',
    "Instagram's answer does not say whether it worked.",
    { effect: 'unknown', fix: TRY_AGAIN, level: 'warn', log: { graph_status: status } },
  );
}
