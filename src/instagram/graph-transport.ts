import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { TLSSocket } from 'node:tls';
import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import type { AxiosResponse } from 'axios';
import type { Deadline } from '../common/deadline.js';
import { TRY_AGAIN } from '../domain/fixes.js';
import type { Secret } from '../domain/secret.js';
import { InstagramError } from './instagram-error.js';
import { findRemedy } from './read-remedy.js';
import { SecretEchoes } from './secret-echo.js';

export interface GraphRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the version, with a leading slash. */
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Sent as a form, instead of `body`. */
  readonly form?: Readonly<Record<string, string>>;
  /** Undefined when the parameters identify the app. */
  readonly token?: Secret;
  readonly deadline: Deadline;
}

/** An answer as received; its text is untrusted. */
export interface GraphAnswer {
  readonly status: number;
  readonly text: string;
  header(name: string): string | undefined;
}

/**
 * Sends one request to the Graph API and reads the answer, under the connection policy. Every
 * failure becomes an `InstagramError`: axios's own errors contain the token and must not leave this
 * class.
 */
@Injectable()
export class GraphTransport {
  private readonly echoes = new SecretEchoes();

  constructor(private readonly http: HttpService) {}

  async send(request: GraphRequest): Promise<GraphAnswer> {
    const trace = new SendTrace();
    const token = request.token?.reveal();
    try {
      const answer = await this.http.axiosRef.request<string>({
        method: request.method,
        url: request.path,
        params: request.query,
        data: request.form === undefined ? request.body : new URLSearchParams(request.form),
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        signal: request.deadline.signal,
        transport: trace,
      });
      return {
        status: answer.status,
        text: this.redactSecrets(answer, request),
        header: (name) => readHeader(answer, name),
      };
    } catch (error) {
      throw toInstagramError(error, trace.sent, request.deadline.passed);
    }
  }

  /** Keeps secrets that an upstream quotes out of logs, answers and the database. */
  private redactSecrets(answer: AxiosResponse<string>, request: GraphRequest): string {
    // Meta may exchange a token for itself, so the token is the expected answer here.
    if (request.form !== undefined && answer.status === 200) return answer.data;
    return this.echoes.redact(answer.data, listSecrets(request));
  }
}

/** Parameters that contain secrets. */
const SECRET_PARAMETERS = [
  'access_token',
  'appsecret_proof',
  'client_secret',
  'code',
  'fb_exchange_token',
  'input_token',
] as const;

function listSecrets({ token, query, body, form }: GraphRequest): string[] {
  const sent = [query, body, form].flatMap((fields) =>
    SECRET_PARAMETERS.map((name) => fields?.[name]),
  );
  // An app token consists of the app's id and secret.
  const bearer = token?.reveal() ?? '';
  return [bearer, ...bearer.split('|'), ...sent].filter((value) => typeof value === 'string');
}

/**
 * Starts a request as axios would, and records whether its connection was ever ready. Before that,
 * no part of the request can have reached Instagram.
 */
class SendTrace {
  sent = false;

  request(options: RequestOptions, onAnswer: (answer: IncomingMessage) => void): ClientRequest {
    const { request } = options.protocol === 'http:' ? http : https;
    return request(options, onAnswer).once('socket', (socket) => {
      const ready = (): void => {
        this.sent = true;
      };
      if (socket instanceof TLSSocket) {
        if (socket.authorized) ready();
        else socket.once('secureConnect', ready);
      } else if (socket.connecting) {
        socket.once('connect', ready);
      } else {
        ready();
      }
    });
  }
}

function toInstagramError(error: unknown, sent: boolean, deadlinePassed: boolean): InstagramError {
  const effect = sent ? 'unknown' : 'none';
  const log = { sent, network_error: readNetworkCode(error) };
  if (deadlinePassed) {
    return new InstagramError('deadline_exceeded', 'Instagram did not answer in time.', {
      effect,
      fix: TRY_AGAIN,
      level: 'warn',
      log,
    });
  }
  const message = sent
    ? 'The connection to Instagram broke before it answered.'
    : 'Instagram cannot be reached.';
  return new InstagramError('platform_unavailable', message, {
    effect,
    fix: TRY_AGAIN,
    level: 'warn',
    log,
    remedy: findRemedy(error),
  });
}

/** The code of a network failure: the only part of axios's error that is safe to keep. */
function readNetworkCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/.test(code) ? code : undefined;
}

function readHeader(answer: AxiosResponse, name: string): string | undefined {
  const value: unknown = (answer.headers as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}
