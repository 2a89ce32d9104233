import { sql } from 'kysely';
import { expect } from 'vitest';
import { cellsOf } from '../../../../src/base/csv-reader.ts';
import { giveBack } from '../../../../src/people/import/import-report.ts';
import { isRowCode, sentenceFor } from '../../../../src/reading/import-cell.ts';
import { bilingual } from '../../../../src/words/index.ts';
import type { Reply, Served } from '../../server/served.ts';

/** Each export of rows; the first is what was rejected of a file, a row for each reason. */
export async function exportPaths(
  { ask, admin, api, clock, database, tenantId }: Served,
  starts: readonly string[],
): Promise<readonly [string, ...string[]]> {
  const { items } = (await ask('GET', '/v1/imports', { key: admin })).body;
  const importId = String(items[0].id);
  const codes = Object.keys(bilingual.importing.rows).filter((code) => isRowCode(code));
  await database.withTenant(tenantId, async (tx) => {
    await tx.run(sql`DELETE FROM rejected_row WHERE import_id = ${importId}::uuid`);
    const rows = codes.map((code, at) => {
      const fields = at % 2 === 0 ? [] : ['phone'];
      const detail = sentenceFor({ code, fields }, 'fr');
      return { line: at + 2, code, detail, facts: { fields }, cells: [] };
    });
    const at = clock.now().toISO();
    await giveBack(tx, await api.vault.tenant(tx), { importId, at, rows, read: new Set() });
  });
  const campaigns = starts.filter((at) => at.startsWith('/campaigns/')).map((at) => at.split('/')[2] ?? '');
  return [
    `/v1/imports/${importId}/rejected`,
    '/v1/contacts/export',
    '/v1/reports/shadow/messages',
    ...campaigns.map((id) => `/v1/campaigns/${id}/export`),
  ];
}

/** The rows of an export, cut into cells as a spreadsheet would. */
export function rowsOf({ status, text }: Reply): readonly (readonly string[])[] {
  expect(status).toBe(200);
  return text
    .replace('\uFEFF', '')
    .split('\r\n')
    .filter((row) => row !== '')
    .map((row) => {
      const found = cellsOf(row, ';');
      return found.kind === 'cells' ? found.cells : [found.kind];
    });
}
