import { generate } from 'selfsigned';

export interface CertificateOptions {
  /** The certificate's host name. Only a certificate for `localhost` includes 127.0.0.1, too. */
  host?: string;
  /** When the certificate expires; by default, in a year. */
  endsAt?: Date;
}

/** Creates a self-signed certificate for the loopback host and its key, in PEM. */
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
