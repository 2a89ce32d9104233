import { CopyColumns } from './copy-columns.ts';

const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\u00FF\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);

/** Rows in the format of COPY … WITH (FORMAT binary), each column in the order of the table. */
export class CopyRows extends CopyColumns {
  #rows = 0;
  #whole: Buffer | undefined;

  constructor(expectedBytes: number) {
    super(expectedBytes);
    this.framed(HEADER);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Begins a row of that many columns. */
  row(columns: number): this {
    this.#rows += 1;
    return this.count(columns);
  }

  /** Returns the complete input of one COPY; nothing is written after it. */
  whole(): Buffer {
    return (this.#whole ??= this.framed(TRAILER).written);
  }
}
