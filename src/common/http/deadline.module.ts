import { type DynamicModule, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { ConfiguredLimits, DeadlineInterceptor } from './deadline.interceptor.js';

/** Gives every route of the service its deadline. */
@Module({})
export class DeadlineModule {
  static forRoot(limits: ConfiguredLimits): DynamicModule {
    return {
      module: DeadlineModule,
      providers: [
        { provide: ConfiguredLimits, useValue: limits },
        { provide: APP_INTERCEPTOR, useClass: DeadlineInterceptor },
      ],
    };
  }
}
