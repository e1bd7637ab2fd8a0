import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { badParameter, noPermission, noSuchObject } from './graph-error.js';
import { SANDBOX_APP } from './omniwear.js';
import type { AccessToken, InstagramUser, World } from './world.js';

/** One call: its parameters, wherever they were sent, and the token behind it. */
export class GraphCall {
  private readonly parameters: Record<string, unknown>;
  private readonly tokenText: string;

  constructor(
    request: FastifyRequest,
    private readonly world: World,
  ) {
    const body = typeof request.body === 'object' && request.body !== null ? request.body : {};
    this.parameters = { ...(request.query as object), ...body };
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    this.tokenText = bearer ?? this.parameter('access_token') ?? '';
  }

  parameter(name: string): string | undefined {
    const value = this.parameters[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'boolean') return String(value);
    throw badParameter(`Param ${name} must be a string`);
  }

  /** A parameter that is an object: as such in JSON, as its text otherwise. */
  object(name: string): Readonly<Record<string, unknown>> {
    const value = this.parameters[name];
    const json: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    if (typeof json !== 'object' || json === null) throw badParameter(`Param ${name} is missing`);
    return json as Record<string, unknown>;
  }

  required(name: string): string {
    const value = this.parameter(name);
    if (value === undefined || value === '')
      throw badParameter(`The parameter ${name} is required`);
    return value;
  }

  /** The token as it was sent. */
  get sentToken(): string {
    return this.tokenText;
  }

  /** The valid token of the call. */
  token(): AccessToken {
    const token = this.world.validToken(this.tokenText);
    const proof = this.parameter('appsecret_proof');
    if (proof !== undefined && !this.isProof(proof)) {
      throw badParameter('Invalid appsecret_proof provided in the API argument');
    }
    return token;
  }

  /** The valid token, which must have been granted these permissions. */
  tokenWith(...scopes: string[]): AccessToken {
    const token = this.token();
    if (!scopes.every((scope) => token.scopes.includes(scope))) throw noPermission();
    return token;
  }

  /** An account that the call's token may act for. */
  actingUser(id: string, ...scopes: string[]): InstagramUser {
    const token = this.token();
    const user = this.world.users.get(id);
    if (user === undefined || !token.igUserIds.includes(id)) throw noSuchObject(id);
    if (!scopes.every((scope) => token.scopes.includes(scope))) throw noPermission();
    return user;
  }

  private isProof(proof: string): boolean {
    const right = createHmac('sha256', SANDBOX_APP.secret).update(this.tokenText).digest('hex');
    return proof.length === right.length && timingSafeEqual(Buffer.from(proof), Buffer.from(right));
  }
}
