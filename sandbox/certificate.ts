import { generate } from 'selfsigned';

export interface CertificateOptions {
  /** The host name beside 127.0.0.1; another one than `localhost` makes a certificate for that host alone. */
  host?: string;
  /** When it ends; a year from now by default. */
  endsAt?: Date;
}

/** A certificate for this machine's loopback names, which is its own authority, and its key; PEM. */
export async function loopbackCertificate({
  host = 'localhost',
  endsAt,
}: CertificateOptions = {}): Promise<{ cert: string; key: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: host }], {
    keyType: 'ec',
    ...(endsAt === undefined
      ? {}
      : { notBeforeDate: new Date(endsAt.getTime() - 86_400_000), notAfterDate: endsAt }),
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: host },
          ...(host === 'localhost' ? [{ type: 7 as const, ip: '127.0.0.1' }] : []),
        ],
      },
    ],
  });
  return { cert, key };
}
