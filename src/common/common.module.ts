import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from './clock.js';
import { EventLog } from './logging/event-log.js';

/** Provides one clock and one event log to every module. */
@Global()
@Module({})
export class CommonModule {
  static forRoot(log: EventLog): DynamicModule {
    return {
      module: CommonModule,
      providers: [Clock, { provide: EventLog, useValue: log }],
      exports: [Clock, EventLog],
    };
  }
}
