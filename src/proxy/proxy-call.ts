import {
  createParamDecorator,
  type ArgumentMetadata,
  type ExecutionContext,
  Injectable,
  type PipeTransform,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deadline } from '../common/deadline.js';
import { AnswerDeadline } from '../common/http/answer-deadline.js';
import { createNote, type NoteFields } from '../common/http/note.decorator.js';
import { CredentialsService } from '../credentials/credentials.service.js';
import type { Account } from '../domain/account.js';
import { type ClientDataType, readClientData } from './client-data.js';
import { FirstCallReporter } from './first-call.reporter.js';
import { readEnvelope } from './proxy-envelope.dto.js';

/** One call through the authenticating proxy. */
export interface ProxyCall<T extends object> {
  /** The account that acts. */
  readonly account: Account;
  /** The app's `client_data`. */
  readonly data: T;
  readonly deadline: Deadline;
  /** Adds fields to the request's line in the log. */
  readonly note: NoteFields;
}

/** What the route's decorator gets: the call, and the runner of its work. */
export interface ProxyRequest extends ProxyCall<object> {
  /** Runs the work of the route until the deadline. */
  readonly untilDeadline: (work: () => Promise<object>) => Promise<object | undefined>;
}

/**
 * Parameter decorator: the call, with its `client_data` as an instance of the given class. An
 * invalid call never reaches the controller.
 */
export function ProxyCall<T extends object>(type: ClientDataType<T>): ParameterDecorator {
  return HttpExchange(type, ProxyCallPipe);
}

const HttpExchange = createParamDecorator(
  (_type: ClientDataType, context: ExecutionContext): HttpExchange => {
    const http = context.switchToHttp();
    return { request: http.getRequest(), reply: http.getResponse() };
  },
);

interface HttpExchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * Reads the envelope, opens the account, then checks the app's data. Without valid metadata, a
 * caller learns nothing about the data.
 */
@Injectable()
export class ProxyCallPipe implements PipeTransform<HttpExchange, Promise<ProxyRequest>> {
  constructor(
    private readonly deadlines: AnswerDeadline,
    private readonly credentials: CredentialsService,
    private readonly firstCall: FirstCallReporter,
  ) {}

  async transform(exchange: HttpExchange, { data: type }: ArgumentMetadata): Promise<ProxyRequest> {
    const { request } = exchange;
    const deadline = this.deadlines.start(request, 'proxy');
    const envelope = readEnvelope(request.body);
    const account = await this.credentials.open(envelope.instance_metadata);
    const note = createNote(request);
    note({ account: account.igUserId });
    this.firstCall.report(request);
    // Nest types the decorator's argument as text; it is the class that `ProxyCall` was given.
    const data = readClientData(type as unknown as ClientDataType, envelope.client_data);
    return {
      account,
      data,
      deadline,
      note,
      untilDeadline: (work) => this.deadlines.run(exchange, deadline, work),
    };
  }
}
