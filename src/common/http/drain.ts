import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/**
 * Knows whether the service is shutting down. It then closes each connection after the answer in
 * progress: a keep-alive connection would delay the shutdown by more than a minute.
 */
@Injectable()
export class Drain implements BeforeApplicationShutdown {
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  beforeApplicationShutdown(): void {
    this.draining = true;
  }
}
