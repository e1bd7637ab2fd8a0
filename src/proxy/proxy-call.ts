import {
  createParamDecorator,
  type ArgumentMetadata,
  type ExecutionContext,
  Inject,
  Injectable,
  type PipeTransform,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Deadline } from '../common/deadline.js';
import { createNote, type NoteFields } from '../common/http/note.decorator.js';
import { Configuration } from '../config/index.js';
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

/**
 * Parameter decorator: the call, with its `client_data` as an instance of the given class. An
 * invalid call never reaches the controller.
 */
export function ProxyCall<T extends object>(type: ClientDataType<T>): ParameterDecorator {
  return ProxyRequest(type, ProxyCallPipe);
}

const ProxyRequest = createParamDecorator(
  (_type: ClientDataType, context: ExecutionContext): FastifyRequest =>
    context.switchToHttp().getRequest<FastifyRequest>(),
);

/**
 * Reads the envelope, opens the account, then checks the app's data. Without valid metadata, a
 * caller learns nothing about the data.
 */
@Injectable()
export class ProxyCallPipe implements PipeTransform<FastifyRequest, Promise<ProxyCall<object>>> {
  constructor(
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'proxyDeadlineMs'>,
    private readonly credentials: CredentialsService,
    private readonly firstCall: FirstCallReporter,
  ) {}

  async transform(
    request: FastifyRequest,
    { data: type }: ArgumentMetadata,
  ): Promise<ProxyCall<object>> {
    const deadline = Deadline.fromArrival(this.configuration.proxyDeadlineMs);
    const envelope = readEnvelope(request.body);
    const account = await this.credentials.open(envelope.instance_metadata);
    const note = createNote(request);
    note({ account: account.igUserId });
    this.firstCall.report(request);
    // Nest types the decorator's argument as text; it is the class that `ProxyCall` was given.
    const data = readClientData(type as unknown as ClientDataType, envelope.client_data);
    return { account, data, deadline, note };
  }
}
