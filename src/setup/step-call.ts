import {
  createParamDecorator,
  type ArgumentMetadata,
  type ExecutionContext,
  Injectable,
  type PipeTransform,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Deadline } from '../common/deadline.js';
import { clientAddress } from '../common/http/client-address.js';
import { createNote, type NoteFields } from '../common/http/note.decorator.js';
import type { SetupForm } from './admin-ui.dto.js';
import type { Setup } from './setup.js';
import { SetupError } from './setup-error.js';
import { readSetupForm } from './setup-form.pipe.js';
import { SetupSeals } from './setup-seals.js';
import { StepDeadlines } from './step-deadlines.js';

/** The input of one step after the first. */
export interface StepCall<T extends SetupForm = SetupForm> {
  readonly form: T;
  readonly setup: Setup;
  readonly address: string;
  /** Covers the whole step. */
  readonly deadline: Deadline;
  readonly note: NoteFields;
}

type FormType<T extends SetupForm = SetupForm> = new () => T;

/**
 * Parameter decorator: the call, with its form as an instance of the given class and its setup
 * opened. An invalid form or setup never reaches the controller.
 */
export function StepCall<T extends SetupForm>(type: FormType<T>): ParameterDecorator {
  return StepRequest(type, StepCallPipe);
}

const StepRequest = createParamDecorator(
  (_type: FormType, context: ExecutionContext): FastifyRequest =>
    context.switchToHttp().getRequest<FastifyRequest>(),
);

@Injectable()
class StepCallPipe implements PipeTransform<FastifyRequest, Promise<StepCall>> {
  constructor(
    private readonly seals: SetupSeals,
    private readonly deadlines: StepDeadlines,
  ) {}

  async transform(request: FastifyRequest, { data: type }: ArgumentMetadata): Promise<StepCall> {
    const deadline = this.deadlines.start();
    // Nest types the decorator's argument as text; it is the class that `StepCall` was given.
    const form = readSetupForm(type as unknown as FormType, request.body);
    const setup = await this.seals.open(form.set_up);
    if (setup === undefined) throw new SetupError('error.expired', undefined);
    return { form, setup, address: clientAddress(request), deadline, note: createNote(request) };
  }
}
