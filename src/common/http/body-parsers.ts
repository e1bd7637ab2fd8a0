import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyRequest, RouteOptions } from 'fastify';
import sjson from 'secure-json-parse';
import { findExcess, hasIllFormedText } from '../json-shape.js';
import type { BodyPolicy, JsonPolicy } from './body-policy.js';
import { FormError, parseForm } from './form.js';
import { ProblemError } from './problem.js';

type Done = (error: Error | null, body?: unknown) => void;

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The one charset of both formats (RFC 8259, section 8.1). Senders may name it in any case. */
const CHARSET = /;\s*charset\s*=\s*"?([\w-]{1,40})/i;

/**
 * Makes every route accept the body that it declares, and no other. Each body is decoded as
 * strict UTF-8, and the shape of JSON is checked, before any code of the service sees it.
 * Must run before the routes are registered.
 */
export function registerBodyParsers(adapter: FastifyAdapter): void {
  const fastify = adapter.getInstance();
  fastify.addHook('onRoute', applyBodyLimit);
  fastify.removeAllContentTypeParsers();
  adapter.useBodyParser(FORM, false, {}, parser(FORM, readForm));
  adapter.useBodyParser(JSON_TYPE, false, {}, parser(JSON_TYPE, readJson));
}

function applyBodyLimit(route: RouteOptions): void {
  const methods = [route.method].flat();
  if (!methods.some((method) => method !== 'GET' && method !== 'HEAD')) return;
  const policy = route.config?.body;
  if (policy === undefined) throw new Error(`The route ${route.url} declares no body policy.`);
  route.bodyLimit = policy.maxBytes;
}

function parser(type: string, read: (text: string, policy: BodyPolicy) => unknown) {
  return (request: FastifyRequest, bytes: Buffer, done: Done): void => {
    try {
      done(null, read(decodeUtf8(bytes), acceptedPolicy(request, type)));
    } catch (error) {
      done(error as Error);
    }
  };
}

function acceptedPolicy(request: FastifyRequest, type: string): BodyPolicy {
  const policy = request.routeOptions.config.body;
  // An unknown address: its answer is 404 with any body.
  if (policy === undefined) return { form: true, json: undefined, maxBytes: 0 };
  const accepted = [
    ...(policy.form ? [FORM] : []),
    ...(policy.json === undefined ? [] : [JSON_TYPE]),
  ];
  const charset = CHARSET.exec(request.headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (!accepted.includes(type) || !/^utf-?8$/i.test(charset)) {
    throw new ProblemError(415, `Send the body as ${accepted.join(' or ')}, in UTF-8.`);
  }
  return policy;
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new ProblemError(400, 'The body is not UTF-8.');
  }
}

function readForm(text: string): unknown {
  try {
    return parseForm(text);
  } catch (error) {
    throw error instanceof FormError ? new ProblemError(400, error.message) : error;
  }
}

function readJson(text: string, { json: policy }: BodyPolicy): unknown {
  const json = parseJson(text, policy);
  const shape = policy?.shape;
  if (shape === undefined || typeof json !== 'object' || json === null) return json;
  if (findExcess(json, shape) !== undefined) {
    throw new ProblemError(400, 'The JSON is nested too deep or holds too much.');
  }
  if (hasIllFormedText(json)) {
    throw new ProblemError(400, 'The JSON holds half of a surrogate pair: send whole characters.');
  }
  return json;
}

function parseJson(text: string, policy: JsonPolicy | undefined): unknown {
  const action = policy?.dangerousFields === 'remove' ? 'remove' : 'error';
  try {
    return sjson.parse(text, { protoAction: action, constructorAction: action });
  } catch {
    throw new ProblemError(400, 'The body is not JSON that this service accepts.');
  }
}
