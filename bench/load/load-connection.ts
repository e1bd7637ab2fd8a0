import { connect, type Socket } from 'node:net';
import { MessageReader } from './message-reader.js';

const READ_BYTES = 1 << 18;
/** All connections read into this memory: an answer is handled before the next one is read. */
const READ_BUFFER = Buffer.allocUnsafe(READ_BYTES);

export interface ConnectionEvents {
  /** The connection is open and free. */
  readonly onOpen: (connection: LoadConnection) => void;
  readonly onAnswer: (connection: LoadConnection, head: string, body: Buffer) => void;
  /** It was closed, or could not be opened. */
  readonly onClose: (connection: LoadConnection) => void;
}

/** A keep-alive connection to a server. It carries one call at a time. */
export class LoadConnection {
  /** When the call in progress was to be sent; undefined without one. */
  intendedAt: number | undefined;
  private readonly socket: Socket;

  constructor(url: URL, events: ConnectionEvents) {
    const reader = new MessageReader((head, body) => {
      events.onAnswer(this, head, body);
    });
    this.socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: {
        buffer: READ_BUFFER,
        callback: (bytes) => {
          reader.push(READ_BUFFER.subarray(0, bytes));
          return true;
        },
      },
    });
    this.socket.on('connect', () => {
      events.onOpen(this);
    });
    this.socket.on('close', () => {
      events.onClose(this);
    });
    // `close` follows.
    this.socket.on('error', () => undefined);
  }

  send(request: Buffer, intendedAt: number): void {
    this.intendedAt = intendedAt;
    this.socket.write(request);
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }
}
