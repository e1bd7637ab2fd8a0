import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';

/**
 * Knows whether the service is shutting down. Calls that are under way are answered; their connections are then
 * closed, or a keep-alive connection would hold the shutdown up for more than a minute.
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
