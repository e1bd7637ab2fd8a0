import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Deadline } from '../common/deadline.js';
import { TRY_AGAIN } from '../domain/fixes.js';
import type { Secret } from '../domain/secret.js';
import { Configuration } from '../config/index.js';
import { readGraphAnswer } from './graph-answer.js';
import {
  mapGraphError,
  rateLimited,
  type Subject,
  TOO_MANY_REQUESTS,
} from './graph-error.mapper.js';
import { type GraphAnswer, type GraphRequest, GraphTransport } from './graph-transport.js';
import { InstagramError } from './instagram-error.js';
import { retryAfterSeconds } from './usage-headers.js';

type JsonObject = Readonly<Record<string, unknown>>;

export interface GraphCall {
  readonly method: GraphRequest['method'];
  /** Below the version, with a leading slash. */
  readonly path: string;
  /** Travel as JSON with POST, in the query otherwise. */
  readonly parameters?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** What an error is about, for its words. */
  readonly subject: Subject;
}

/** Calls the Graph API with an account's token and reads what it answers. */
@Injectable()
export class GraphApi {
  constructor(
    private readonly transport: GraphTransport,
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'metaAppSecret'>,
  ) {}

  /**
   * The JSON object of an answer with status 200.
   *
   * @throws {InstagramError} any code but `metadata_invalid`, `like_requires_facebook_login` and
   *   `internal`. Its `effect` says whether a write may have taken effect all the same.
   */
  async call(call: GraphCall, token: Secret, deadline: Deadline): Promise<JsonObject> {
    const parameters = { ...call.parameters, ...this.proof(token) };
    const answer = await this.send({
      method: call.method,
      path: call.path,
      ...(call.method === 'POST' ? { body: parameters } : { query: parameters }),
      token,
      deadline,
    });
    return read(answer, call.subject);
  }

  /**
   * Sends a read once more where the connection broke before an answer: mostly one that was kept,
   * and that its other end had closed. A write is never repeated: it may have taken effect.
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
   * Asks for a token. What shows who asks, a code or secret, travels in the body: an address may be written down on its way.
   *
   * @throws {InstagramError} as `call`.
   */
  async askForToken(
    form: Readonly<Record<string, string>>,
    deadline: Deadline,
  ): Promise<JsonObject> {
    const path = '/oauth/access_token';
    return read(await this.transport.send({ method: 'POST', path, form, deadline }), 'log_in');
  }

  /**
   * A write that Instagram answers with `{"success":true}`; nothing else is success.
   *
   * @throws {InstagramError} as `call`.
   */
  async write(call: GraphCall, token: Secret, deadline: Deadline): Promise<void> {
    const { success } = await this.call(call, token, deadline);
    if (success !== true) throw unusable(200);
  }

  /** Proof that a call comes from the app's own server (Graph API, "Secure requests"). */
  private proof(token: Secret): { appsecret_proof?: string } {
    const secret = this.configuration.metaAppSecret;
    if (secret === undefined) return {};
    return {
      appsecret_proof: createHmac('sha256', secret.reveal()).update(token.reveal()).digest('hex'),
    };
  }
}

function read(answer: GraphAnswer, subject: Subject): JsonObject {
  const result = readGraphAnswer(answer.status, answer.text);
  switch (result.kind) {
    case 'object':
      return result.object;
    case 'error':
      throw mapGraphError(result.error, {
        subject,
        status: answer.status,
        retryAfterSeconds: retryAfterSeconds(answer, result.error.code),
      });
    case 'unusable':
      throw answer.status === TOO_MANY_REQUESTS
        ? rateLimited(retryAfterSeconds(answer))
        : unusable(answer.status);
  }
}

/** The error for an answer that Meta does not document. */
export function unusable(status: number): InstagramError {
  return new InstagramError(
    'platform_unavailable',
    'Instagram gave an answer that does not say whether it worked.',
    { effect: 'unknown', fix: TRY_AGAIN, level: 'warn', log: { graph_status: status } },
  );
}
