/** One message that an operator took. */
export interface LedgerLine {
  /** Epoch milliseconds of the machine at which its call arrived. */
  readonly at: number;
  /** The name of the operator. */
  readonly account: string;
  readonly key: string;
  readonly reference: string;
  readonly to: string;
  readonly text: string;
}

/** A line as it is written. */
export const lineOf = (line: LedgerLine): string => `${JSON.stringify(line)}\n`;

/** The lines of a ledger; one that is half written is nobody's yet. */
export function* linesIn(text: string): Generator<LedgerLine> {
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n'))
    if (line !== '') yield JSON.parse(line) as LedgerLine;
}
