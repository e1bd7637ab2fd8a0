import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Drain } from './drain.js';
import { ProblemFilter } from './problem.filter.js';

/** What every HTTP answer has in common: the filter of last resort and the drain at shutdown. */
@Module({
  providers: [Drain, { provide: APP_FILTER, useClass: ProblemFilter }],
  exports: [Drain],
})
export class HttpServerModule {}
