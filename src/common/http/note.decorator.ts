import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestNotes } from '../logging/events.js';
import { noteForLog } from './request-log.js';

/** Adds fields to the log line of the request. */
export type NoteFields = (fields: RequestNotes) => void;

/** Parameter decorator: a `NoteFields` for the request. */
export const Note = createParamDecorator((_: unknown, context: ExecutionContext): NoteFields =>
  createNote(context.switchToHttp().getRequest<FastifyRequest>()),
);

export function createNote(request: FastifyRequest): NoteFields {
  return (fields) => {
    noteForLog(request, fields);
  };
}
