import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Drain } from './drain.js';
import { ProblemFilter } from './problem.filter.js';

/** Parts that all HTTP answers share: the global error filter and the drain at shutdown. */
@Module({
  providers: [Drain, { provide: APP_FILTER, useClass: ProblemFilter }],
  exports: [Drain],
})
export class HttpServerModule {}
