import {
  applyDecorators,
  Controller,
  Header,
  HttpCode,
  Post,
  SetMetadata,
  type Type,
  UseFilters,
} from '@nestjs/common';
import {
  ApiBody,
  type ApiBodyOptions,
  ApiConsumes,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  refs,
} from '@nestjs/swagger';
import { ERROR_CODES, ERRORS } from '../domain/error-codes.js';
import { AcceptsBody, type BodyPolicy } from '../common/http/body-policy.js';
import { ApiProblem } from '../common/http/api-problem.decorator.js';
import { ProxyErrorAnswer } from './proxy-error-answer.dto.js';
import type { ProxyRequest } from './proxy-call.js';
import { ProxyErrorFilter } from './proxy-error.filter.js';
import { EXAMPLE_METADATA } from '../credentials/example-metadata.js';

type EnvelopeSchema = Extract<ApiBodyOptions, { schema: unknown }>['schema'];

/**
 * Zendesk documents neither format, so both are accepted. 65,536 characters of `client_data` take
 * up to 590 kB in a form, and the metadata 15 kB.
 */
const BODY: BodyPolicy = {
  form: true,
  json: { shape: { depth: 4, width: 100, values: 1000 }, dangerousFields: 'reject' },
  maxBytes: 655_360,
};

/** Metadata of a method that answers at the deadline of its call. */
export const ENDS_AT_DEADLINE = Symbol('EndAtDeadline');

type NamedExamples = Readonly<Record<string, object>>;

/** Examples of a route in Swagger UI, by their titles. */
export interface ProxyExamples {
  /** `client_data` to try. The first is filled in. */
  readonly clientData: NamedExamples;
  readonly answers: NamedExamples;
}

interface ProxyRouteDocs {
  readonly summary: string;
  readonly description: string;
  /** The class of `client_data`. */
  readonly clientData: Type;
  readonly answers: readonly [Type, ...Type[]];
  readonly examples: ProxyExamples;
}

/** Class decorator of a controller that answers one `post_to_path` of the authenticating proxy. */
export function ProxyController(path: string): ClassDecorator {
  return applyDecorators(
    Controller(path),
    UseFilters(ProxyErrorFilter),
    ApiTags("Zendesk's authenticating proxy"),
  );
}

/**
 * Method decorator: the route answers at the deadline of its call. An interceptor could do it too,
 * but RxJS allocates a sixth of all memory of a like.
 */
const EndAtDeadline: MethodDecorator = (_prototype, _name, descriptor) => {
  const method = descriptor.value as unknown as (call: ProxyRequest) => Promise<object>;
  const untilDeadline = function (this: unknown, call: ProxyRequest): Promise<object | undefined> {
    return call.untilDeadline(() => method.call(this, call));
  };
  // The OpenAPI document names the operation after the method.
  Object.defineProperty(untilDeadline, 'name', { value: method.name });
  SetMetadata(ENDS_AT_DEADLINE, true)(untilDeadline);
  descriptor.value = untilDeadline as never;
};

/** Method decorator of the route: always 200, never cached, documented in Swagger UI. */
export function ProxyRoute(docs: ProxyRouteDocs): MethodDecorator {
  const { summary, description, clientData, answers, examples } = docs;
  return applyDecorators(
    EndAtDeadline,
    Post(),
    HttpCode(200),
    AcceptsBody(BODY),
    Header('cache-control', 'no-store'),
    ApiOperation({
      summary,
      description: `${description}\n\n\`client_data\` is a JSON string, see \`${clientData.name}\`.`,
    }),
    ApiExtraModels(ProxyErrorAnswer, clientData, ...answers),
    ApiConsumes('application/x-www-form-urlencoded', 'application/json'),
    ApiBody({ schema: buildEnvelopeSchema(docs), examples: buildEnvelopeExamples(docs) }),
    ApiOkResponse({
      description: 'The answer, or `ok: false` with one of the error codes. Always 200.',
      content: {
        'application/json': {
          schema: { oneOf: refs(...answers, ProxyErrorAnswer) },
          examples: { ...toExamples(examples.answers), ...buildErrorExamples() },
        },
      },
    }),
    ApiProblem(400, 'The body is not a proxied call.'),
    ApiProblem(413, 'The body is larger than 640 KiB.'),
    ApiProblem(415, 'The body is neither a form nor JSON.'),
  );
}

/** Each field has its own example, because Swagger UI fills in a form field by field. */
function buildEnvelopeSchema({ clientData, examples }: ProxyRouteDocs): EnvelopeSchema {
  const example = buildEnvelope(Object.values(examples.clientData)[0]);
  return {
    type: 'object',
    required: ['instance_metadata'],
    properties: {
      instance_metadata: {
        type: 'string',
        description:
          'The metadata of the connected account, as this service sealed it and Zendesk stores ' +
          'it. At most 5,000 characters.',
        example: example.instance_metadata,
      },
      client_data: {
        type: 'string',
        description: `The app's JSON string, schema ${clientData.name}. Whitespace means {}.`,
        example: example.client_data,
      },
    },
  };
}

function buildEnvelopeExamples({ examples }: ProxyRouteDocs): Record<string, { value: object }> {
  return toExamples(
    Object.fromEntries(
      Object.entries(examples.clientData).map(([name, data]) => [name, buildEnvelope(data)]),
    ),
  );
}

function buildEnvelope(clientData: object | undefined): {
  instance_metadata: string;
  client_data: string;
} {
  return { instance_metadata: EXAMPLE_METADATA, client_data: JSON.stringify(clientData) };
}

function buildErrorExamples(): Record<string, { value: object }> {
  return toExamples(
    Object.fromEntries(
      ERROR_CODES.map((code) => [
        code,
        {
          ok: false,
          error: {
            code,
            message: 'The problem, in a sentence.',
            status: ERRORS[code].status,
            ...(code === 'rate_limited' ? { retry_after_seconds: 420 } : {}),
            fix: 'The fix, in a sentence.',
          },
        },
      ]),
    ),
  );
}

function toExamples(examples: NamedExamples): Record<string, { value: object }> {
  return Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }]));
}
