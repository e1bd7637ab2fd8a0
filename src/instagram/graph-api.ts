import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Deadline } from '../common/deadline.js';
import { EventLog } from '../common/logging/event-log.js';
import type { FailureFields } from '../common/logging/events.js';
import type { JsonObject } from '../common/json-object.js';
import { TRY_AGAIN } from '../domain/fixes.js';
import type { Secret } from '../domain/secret.js';
import { Configuration } from '../config/index.js';
import type { Pass } from '../gate/gate.js';
import type { Usage } from '../gate/usage-meter.js';
import { readGraphAnswer } from './graph-answer.js';
import {
  mapGraphError,
  type Subject,
  toRateLimitError,
  TOO_MANY_REQUESTS,
} from './graph-error.mapper.js';
import { type GraphCall, type GraphCaller, toKind } from './graph-call.js';
import { GraphGate } from './graph-gate.js';
import type { GraphAnswer, GraphRequest } from './graph-request.js';
import { GraphTransport } from './graph-transport.js';
import { InstagramError } from './instagram-error.js';
import { LoginTransport } from './login-transport.js';
import { findRetryDelay } from './read-retry.js';
import { SharedReads } from './shared-reads.js';
import { fingerprint } from './token-fingerprint.js';
import { readRetryAfter, readUsage } from './usage-headers.js';

/** Calls the Graph API with an account's token and reads the answers. */
@Injectable()
export class GraphApi {
  private readonly reads = new SharedReads();

  constructor(
    private readonly transport: GraphTransport,
    private readonly gate: GraphGate,
    private readonly logins: LoginTransport,
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'metaAppSecret'>,
    private readonly log: EventLog = new EventLog('silent'),
  ) {}

  /**
   * The JSON object of an answer with status 200. A read is repeated once after a temporary
   * failure. A write may have taken effect, so it is never repeated.
   *
   * @param pass from `awaitTurn`, for a call that has waited already.
   * @throws {InstagramError} any code except `metadata_invalid`, `like_requires_facebook_login`
   *   and `internal`. Its `effect` says whether a write may have taken effect anyway.
   */
  call(call: GraphCall, caller: GraphCaller, pass?: Pass): Promise<JsonObject> {
    if (call.method !== 'GET') return this.callOnce(call, caller, pass);
    const { igUserId, token, deadline, purpose } = caller;
    const read = (): Promise<JsonObject> => this.read(call, caller);
    if (igUserId === undefined || purpose === 'reply') return read();
    const { path, parameters, subject } = call;
    // The gate refuses a pull's read earlier than an agent's.
    const isPull = purpose === 'pull';
    const key = JSON.stringify([igUserId, fingerprint(token), isPull, subject, path, parameters]);
    return this.reads.run(key, deadline, read);
  }

  /**
   * Waits until a call may be sent, before anything about it is recorded.
   *
   * @returns the pass for `call`, whose `leave` has to be called in any case.
   * @throws {InstagramError} it may not; nothing was sent.
   */
  awaitTurn(call: GraphCall, caller: GraphCaller): Promise<Pass> {
    return this.gate.enter(call, caller);
  }

  private async read(call: GraphCall, caller: GraphCaller): Promise<JsonObject> {
    const { deadline } = caller;
    const startMs = deadline.remainingMs;
    try {
      return await this.callOnce(call, caller);
    } catch (error) {
      const times = { startMs, leftMs: deadline.remainingMs };
      const delayMs = findRetryDelay(error, call.hasSizes === true, times);
      if (delayMs === undefined) throw error;
      if (delayMs > 0) await sleep(delayMs);
      return this.callOnce(call, caller);
    }
  }

  private async callOnce(call: GraphCall, caller: GraphCaller, turn?: Pass): Promise<JsonObject> {
    const pass = turn ?? (await this.gate.enter(call, caller));
    await this.gate.start(pass, call);
    let usage: Usage | undefined;
    let status: number | undefined;
    const startedAt = performance.now();
    const report = (outcome: string, log: FailureFields = {}): void => {
      const ms = performance.now() - startedAt;
      const { method } = call;
      const operation = toKind(call);
      this.log.debug('instagram.called', { operation, method, outcome, status, ms, ...log });
    };
    try {
      const answer = await this.transport.send(this.toRequest(call, caller), () =>
        this.gate.findClosure(pass, call),
      );
      ({ status } = answer);
      usage = readUsage(answer, caller.igUserId);
      const object = readObject(answer, call.subject);
      pass.leave({ kind: 'answered', usage });
      report('ok');
      return object;
    } catch (error) {
      if (error instanceof InstagramError) report(error.code, error.log);
      this.gate.fail(pass, error, usage);
      throw error;
    }
  }

  private toRequest(call: GraphCall, { token, deadline }: GraphCaller): GraphRequest {
    const parameters = { ...call.parameters, ...this.buildProof(token) };
    const isJson = call.method === 'POST' && call.inQuery !== true;
    return {
      method: call.method,
      path: call.path,
      ...(isJson ? { body: parameters } : { query: parameters }),
      token,
      deadline,
    };
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
  async write(call: GraphCall, caller: GraphCaller, pass?: Pass): Promise<void> {
    const { success } = await this.call(call, caller, pass);
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
