import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/**
 * Knows whether the service is shutting down. It then closes each connection after the answer in
 * progress: a keep-alive connection would delay the shutdown by more than a minute, and its client
 * opens the next one at another replica.
 */
@Injectable()
export class Drain implements BeforeApplicationShutdown {
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  /** Turns readiness off. The service goes on answering calls. */
  start(): void {
    this.draining = true;
  }

  beforeApplicationShutdown(): void {
    this.start();
  }
}
