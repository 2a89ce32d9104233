import type { RowCells } from './import-cell.ts';
import { purposesNamed, saysNo } from './import-word.ts';
import type { ConsentPurpose } from './purpose.ts';

/** A leaving that a row tells of. */
export interface RowWithdrawal {
  readonly purposes: readonly ConsentPurpose[];
  /** ISO instant; none when the cell says only that the person left. */
  readonly at: string | undefined;
}

/** The leaving in a row: later than its agreement, or without one. A cell that cannot be read is one too. */
export function withdrawalOf(row: RowCells, grantedAt: string | undefined): RowWithdrawal | undefined {
  if (saysNo(row.cell('withdrawnAt'))) return undefined;
  const left = row.date('withdrawnAt');
  if (left === undefined) return undefined;
  const at = left.kind === 'date' ? left.at : undefined;
  const cameBack = at !== undefined && grantedAt !== undefined && Date.parse(at) < Date.parse(grantedAt);
  if (cameBack) return undefined;
  return {
    purposes: purposesNamed(row.cell('purpose') || 'marketing', row.rules.values) ?? ['marketing'],
    at,
  };
}
