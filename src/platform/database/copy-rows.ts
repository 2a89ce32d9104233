import { CopyColumns } from './copy-columns.ts';

const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\u00FF\r\n\0', 'latin1'), Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);

/** Rows for COPY … WITH (FORMAT binary), written column after column in the order of the table. */
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

  /** All of it, as one COPY takes it; nothing is written after it. */
  whole(): Buffer {
    return (this.#whole ??= this.framed(TRAILER).written);
  }
}
