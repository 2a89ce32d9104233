import type { RowCells } from './import-cell.ts';
import { purposesNamed, saysNo } from './import-word.ts';
import { CONSENT_PURPOSES, type Scope } from '../consent/purpose.ts';

/** A leaving that a row tells of. */
export interface RowWithdrawal {
  /** Which messages; `all` only from a list of numbers to leave alone. */
  readonly purposes: readonly Scope[];
  /** `objected` for a list of numbers to leave alone. */
  readonly kind: 'withdrawn' | 'objected';
  /** As the file has it. */
  readonly typed: string;
  /** ISO instant; none when the cell says only that the person left. */
  readonly at: string | undefined;
}

/** The leaving in a row: later than its agreement, or without one. A cell that cannot be read is one too. */
export function withdrawalOf(row: RowCells, grantedAt: string | undefined): RowWithdrawal | undefined {
  if (!row.isCut('withdrawnAt') && saysNo(row.cell('withdrawnAt'))) return undefined;
  const left = row.date('withdrawnAt');
  if (left === undefined) return undefined;
  const at = left.kind === 'date' ? left.at : undefined;
  const cameBack = at !== undefined && grantedAt !== undefined && Date.parse(at) < Date.parse(grantedAt);
  if (cameBack) return undefined;
  const purposes = row.isCut('purpose')
    ? CONSENT_PURPOSES
    : (purposesNamed(row.cell('purpose') || 'marketing', row.rules.values) ?? ['marketing']);
  return { purposes, kind: 'withdrawn', typed: row.cell('withdrawnAt'), at };
}

/** The leaving that every row of a suppression list is; for marketing unless it says more. */
export function suppressionOf(row: RowCells): RowWithdrawal {
  const since = row.date('withdrawnAt');
  const named = row.cell('purpose');
  const all = row.isCut('purpose') || /^(?:all|tout|tous|toutes)$/i.test(named);
  return {
    purposes: all ? ['all'] : (purposesNamed(named || 'marketing', row.rules.values) ?? ['all']),
    kind: 'objected',
    typed: row.cell('withdrawnAt'),
    at: since?.kind === 'date' ? since.at : undefined,
  };
}
