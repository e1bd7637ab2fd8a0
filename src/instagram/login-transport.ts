import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import type { Deadline } from '../common/deadline.js';
import type { GraphAnswer } from './graph-request.js';
import { SecretEchoes } from './secret-echo.js';
import { toTransportError } from './transport-failure.js';

/** Parameters of a token request that contain secrets. */
const SECRET_PARAMETERS = ['client_secret', 'code', 'fb_exchange_token'] as const;

/**
 * Sends a login's request for a token. Every failure becomes an `InstagramError`: axios's own
 * errors contain the request and must not leave this class.
 */
@Injectable()
export class LoginTransport {
  private readonly echoes = new SecretEchoes();

  constructor(private readonly http: HttpService) {}

  /**
   * @param path below the version, with a leading slash.
   * @throws {InstagramError} `platform_unavailable` or `deadline_exceeded`.
   */
  async post(
    path: string,
    form: Readonly<Record<string, string>>,
    deadline: Deadline,
  ): Promise<GraphAnswer> {
    try {
      const { status, data, headers } = await this.http.axiosRef.post<string>(
        path,
        new URLSearchParams(form),
        { signal: deadline.signal },
      );
      const secrets = SECRET_PARAMETERS.flatMap((name) => form[name] ?? []);
      return {
        status,
        // Meta may exchange a token for itself, so the token is the expected answer here.
        text: status === 200 ? data : this.echoes.redact(data, secrets),
        header: (name) => {
          const value: unknown = headers[name];
          return typeof value === 'string' ? value : undefined;
        },
      };
    } catch (error) {
      // A token request changes nothing at Instagram, so it does not matter whether it was sent.
      throw toTransportError({ sent: true, isLate: deadline.passed, error });
    }
  }
}
