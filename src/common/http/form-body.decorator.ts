import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { validate } from '../validation/validate.js';
import { ProblemError } from './problem.js';

type FormType<T extends object = object> = new () => T;

/**
 * Parameter decorator: the body as an instance of its class. Fields that Zendesk or Meta may add
 * are ignored. An invalid body is answered with 400 and each error in a sentence.
 */
export function FormBody<T extends object>(type: FormType<T>): ParameterDecorator {
  return (target, method, index) => {
    ReadBody(type)(target, method, index);
    const descriptor = Object.getOwnPropertyDescriptor(target, method ?? '');
    if (method === undefined || descriptor === undefined) return;
    ApiBody({ type, required: true })(target, method, descriptor);
  };
}

const ReadBody = createParamDecorator((type: FormType, context: ExecutionContext): object => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  const checked = validate(type, body, { unknownFields: 'ignore' });
  if ('value' in checked) return checked.value;
  throw new ProblemError(400, `The body cannot be used: ${checked.faults.join('; ')}.`);
});
