import {
  createParamDecorator,
  type ArgumentMetadata,
  type ExecutionContext,
  Inject,
  Injectable,
  type PipeTransform,
} from '@nestjs/common';
import type { NoteFields } from '../common/http/note.decorator.js';
import type { FastifyRequest } from 'fastify';
import { Deadline } from '../common/deadline.js';
import type { RequestNotes } from '../common/logging/events.js';
import { noteForLog } from '../common/http/request-log.js';
import { EventLog } from '../common/logging/event-log.js';
import { Configuration } from '../config/index.js';
import type { Account } from '../domain/account.js';
import { CredentialsService } from '../credentials/credentials.service.js';
import { readClientData } from './client-data.js';
import { readEnvelope } from './proxy-envelope.dto.js';

/** One call through the authenticating proxy: who acts, what the app asked for, and until when. */
export interface ProxyCall<T extends object> {
  readonly account: Account;
  readonly data: T;
  readonly deadline: Deadline;
  /** Adds fields to the request's line in the log. */
  readonly note: NoteFields;
}

type ClientDataType<T extends object = object> = new () => T;

/**
 * Parameter decorator: the call, with its `client_data` as an instance of the given class. What cannot be read never
 * reaches the controller.
 */
export function ProxyCall<T extends object>(type: ClientDataType<T>): ParameterDecorator {
  return ProxyRequest(type, ProxyCallPipe);
}

const ProxyRequest = createParamDecorator(
  (_type: ClientDataType, context: ExecutionContext): FastifyRequest =>
    context.switchToHttp().getRequest<FastifyRequest>(),
);

/** Headers of one call whose names are noted, and what such a name looks like. */
const HEADERS_MAX = 40;
const HEADER_NAME = /^[a-z0-9-]{1,40}$/;

/** Reads the envelope, opens the account, then checks the app's data: nobody without an account learns more. */
@Injectable()
export class ProxyCallPipe implements PipeTransform<FastifyRequest, Promise<ProxyCall<object>>> {
  private hasNoted = false;

  constructor(
    @Inject(Configuration) private readonly configuration: Pick<Configuration, 'proxyDeadlineMs'>,
    private readonly credentials: CredentialsService,
    private readonly log: EventLog,
  ) {}

  async transform(
    request: FastifyRequest,
    { data: type }: ArgumentMetadata,
  ): Promise<ProxyCall<object>> {
    const deadline = new Deadline(this.configuration.proxyDeadlineMs);
    const envelope = readEnvelope(request.body);
    const account = await this.credentials.open(envelope.instance_metadata);
    const note = (fields: RequestNotes): void => {
      noteForLog(request, fields);
    };
    note({ account: account.igUserId });
    this.noteFirst(request);
    // Nest types the decorator's argument as text; it is the class that `ProxyCall` was given.
    const data = readClientData(type as unknown as ClientDataType, envelope.client_data);
    return { account, data, deadline, note };
  }

  /**
   * Notes once how a call arrives, for `npm run live-check`: Zendesk documents neither the encoding nor the headers. Of headers the names
   * alone, and only of a call whose account opened.
   */
  private noteFirst({ headers }: FastifyRequest): void {
    if (this.hasNoted) return;
    this.hasNoted = true;
    const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    this.log.info('proxy.first_call', {
      encoding: isForm === true ? 'form' : 'json',
      headers: Object.keys(headers)
        .filter((name) => HEADER_NAME.test(name))
        .slice(0, HEADERS_MAX)
        .join(' '),
    });
  }
}
