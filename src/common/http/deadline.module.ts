import { type DynamicModule, Module } from '@nestjs/common';
import { AnswerDeadline, ConfiguredLimits } from './answer-deadline.js';

/** The deadlines of all routes. */
@Module({})
export class DeadlineModule {
  static forRoot(limits: ConfiguredLimits): DynamicModule {
    return {
      module: DeadlineModule,
      global: true,
      providers: [{ provide: ConfiguredLimits, useValue: limits }, AnswerDeadline],
      exports: [AnswerDeadline],
    };
  }
}
