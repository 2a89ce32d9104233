declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  type Fields = Readonly<Record<string, unknown>>;

  /** The codec: fields to bytes and back; the latter throws at truncated input. */
  export class PDU {
    constructor(command: string | Buffer, fields?: Fields);
    readonly [field: string]: unknown;
    readonly command: string;
    readonly command_status: number;
    readonly sequence_number: number;
    toBuffer(): Buffer;
    response(fields?: Fields): PDU;
  }

  /** The operator's side of a session. */
  export interface Session extends EventEmitter {
    readonly socket: Socket;
    send(pdu: PDU, answered?: (answer: PDU) => void): boolean;
    deliver_sm(fields: Fields, answered?: (answer: PDU) => void): boolean;
    enquire_link(answered?: (answer: PDU) => void): boolean;
    unbind(answered?: (answer: PDU) => void): boolean;
    destroy(): void;
  }

  export interface Server extends NetServer {
    readonly sessions: Session[];
  }

  export function createServer(
    options: { readonly key?: string; readonly cert?: string },
    listener: (session: Session) => void,
  ): Server;
}
