export function networksOf(address: string): { network: string; site: string } {
  return { network: address, site: address };
}
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
export function clientAddress(request: FastifyRequest): string {
  return request.ip;
}
export const ClientAddress = createParamDecorator((_: unknown, context: ExecutionContext) =>
  clientAddress(context.switchToHttp().getRequest<FastifyRequest>()),
);
