import { type DynamicModule, Global, Module } from '@nestjs/common';
import { EventLog } from './event-log.js';

/** Makes one event log available to every module. */
@Global()
@Module({})
export class LoggingModule {
  static forRoot(log: EventLog): DynamicModule {
    return {
      module: LoggingModule,
      providers: [{ provide: EventLog, useValue: log }],
      exports: [EventLog],
    };
  }
}
