import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { SANDBOX_APP } from '../omniwear.js';
import type { AccessToken, Comment, InstagramUser, Media, World } from '../world.js';
import { badParameter, noPermission, noSuchObject } from './graph-error.js';

/** One call: its parameters from query and body, its token, and the objects that it names. */
export class GraphCall {
  /** The `:id` in the path. */
  readonly nodeId: string;
  /** The parameters in the query alone. */
  private readonly query: Readonly<Record<string, unknown>>;
  /** The token as it was sent. */
  readonly sentToken: string;
  private readonly parameters: Record<string, unknown>;

  constructor(
    request: FastifyRequest,
    private readonly world: World,
  ) {
    this.nodeId = (request.params as { id?: string }).id ?? '';
    const body = typeof request.body === 'object' && request.body !== null ? request.body : {};
    this.query = request.query as Record<string, unknown>;
    this.parameters = { ...this.query, ...body };
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    this.sentToken = bearer ?? this.parameter('access_token') ?? '';
  }

  parameter(name: string): string | undefined {
    const value = this.parameters[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'boolean') return String(value);
    throw badParameter(`Param ${name} must be a string`);
  }

  /** A parameter that is an object. A form carries it as JSON text. */
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

  /** A parameter that Meta documents in the query only. */
  requiredInQuery(name: string): string {
    const value = this.query[name];
    if (typeof value === 'string' && value !== '') return value;
    throw badParameter(`The parameter ${name} is required`);
  }

  /** The call's token. Throws error 190 unless it is valid. */
  token(): AccessToken {
    const token = this.world.validToken(this.sentToken);
    const proof = this.parameter('appsecret_proof');
    if (proof !== undefined && !this.isProof(proof)) {
      throw badParameter('Invalid appsecret_proof provided in the API argument');
    }
    return token;
  }

  /** The call's token. Throws error 10 unless it has these permissions. */
  tokenWith(...scopes: string[]): AccessToken {
    const token = this.token();
    if (!scopes.every((scope) => token.scopes.includes(scope))) throw noPermission();
    return token;
  }

  /** The account in the path. The token must be allowed to act for it. */
  actingUser(...scopes: string[]): InstagramUser {
    const token = this.token();
    const user = this.world.users.get(this.nodeId);
    if (user === undefined || !token.igUserIds.includes(user.id)) throw noSuchObject(this.nodeId);
    if (!scopes.every((scope) => token.scopes.includes(scope))) throw noPermission();
    return user;
  }

  media(id: string): Media {
    const media = this.world.media.get(id);
    if (media === undefined) throw noSuchObject(id);
    return media;
  }

  comment(id: string): Comment {
    const comment = this.world.comment(id);
    if (comment === undefined) throw noSuchObject(id);
    return comment;
  }

  /** A post of an account that the token may act for. */
  ownMedia(id: string, ...scopes: string[]): Media {
    const token = this.tokenWith(...scopes);
    const media = this.media(id);
    if (!token.igUserIds.includes(media.ownerId)) throw noSuchObject(id);
    return media;
  }

  private isProof(proof: string): boolean {
    const expected = createHmac('sha256', SANDBOX_APP.secret).update(this.sentToken).digest('hex');
    return (
      proof.length === expected.length && timingSafeEqual(Buffer.from(proof), Buffer.from(expected))
    );
  }
}
