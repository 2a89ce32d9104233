import { describe, expect, it } from 'vitest';
import { anImport, bytesOf, type WorkflowState } from './importing.ts';
import { aShop } from './shop.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

const aDesk = async (): Promise<WorkflowState> => ({ database, shop: await aShop(database, test) });
const imported = (desk: WorkflowState, text: string, more = {}) =>
  anImport(desk, bytesOf(Buffer.from(text)), { kind: 'suppressions', ...more });

async function suppressed(desk: WorkflowState): Promise<{ phone: string; since: string }[]> {
  const rows = await desk.shop.tamper(
    `SELECT encode(phone_index, 'hex') AS index, iso(since) AS since FROM suppression WHERE tenant_id = $1 AND lifted_at IS NULL`,
    [desk.shop.id],
  );
  const known = new Map(
    Array.from({ length: 10 }, (_, turn) => `+3363998000${turn}`).map((phone) => [
      desk.shop.deps.keys.phoneIndex(phone).toString('hex'),
      phone,
    ]),
  );
  return rows
    .map((row) => ({ phone: known.get(String(row['index'])) ?? '?', since: String(row['since']) }))
    .toSorted((one, other) => (one.phone < other.phone ? -1 : 1));
}

/** Exports of other products, as documented by them, or with the headings seen in real files. */
const EXPORTS = {
  'Octopush, its blacklist': `phone_number;first_name;last_name;date_creation
+33639980001;Anne;Martin;01/03/2026 10:00
33639980002;;;02/03/2026
`,
  'Octopush in French': `"Numéro de téléphone";"Date de désinscription"
"0639980001";"01/03/2026 10:00"
"06 39 98 00 02";"02/03/2026"
`,
  'OVH, its blacklists': `number,creationDatetime
+33639980001,2026-03-01T10:00:00+01:00
0033639980002,2026-03-02T00:00:00+01:00
`,
  'OVH, texts received': `date;receiver;message;tag
2026-03-01 10:00:00;+33639980001;STOP;
2026-03-02 00:00:00;+33639980002;Stop;
`,
  'Brevo, blocklisted contacts': `CONTACT ID,EMAIL,FIRSTNAME,LASTNAME,SMS,SMS_BLACKLISTED,ADDED_TIME
12,anne@example.fr,Anne,Martin,33639980001,Yes,01-03-2026 10:00:00
13,,,,33639980002,true,02-03-2026 00:00:00
`,
  'Twilio, opted-out numbers': `"Phone Number","From","Opted Out At"
"+33639980001","+33700000001","2026-03-01T09:00:00Z"
"+33639980002","+33700000001","2026-03-01T23:00:00Z"
`,
  'Twilio, its log of refused texts': `To,Status,ErrorCode,DateSent
+33639980001,undelivered,21610,2026-03-01T09:00:00Z
whatsapp:+33639980002,failed,21610,2026-03-01T23:00:00Z
`,
} as const;

describe('a suppression list as an operator exports it', () => {
  it.each(Object.entries(EXPORTS))('%s: is taken with its days', async (_, text) => {
    const desk = await aDesk();
    expect(await imported(desk, text)).toMatchObject({
      rows: 2,
      accepted: 2,
      rejected: 0,
      withdrawals: 2,
      created: 0,
    });
    expect(await suppressed(desk)).toEqual([
      { phone: '+33639980001', since: '2026-03-01T09:00:00.000Z' },
      { phone: '+33639980002', since: '2026-03-01T23:00:00.000Z' },
    ]);
  });

  it('a STOP log names the person under From', async () => {
    const desk = await aDesk();
    await imported(desk, 'From,To,Body,DateSent\n+33639980001,+33700000001,STOP,2026-03-01T09:00:00Z\n');
    expect(await suppressed(desk)).toEqual([{ phone: '+33639980001', since: '2026-03-01T09:00:00.000Z' }]);
  });

  it('bare numbers are all taken, from now', async () => {
    const desk = await aDesk();
    expect(await imported(desk, '+33639980001\n33639980002\n0639980003\n')).toMatchObject({
      rows: 3,
      accepted: 3,
    });
    expect((await suppressed(desk)).map(({ since }) => since)).toEqual(
      Array(3).fill('2026-11-25T10:00:00.000Z'),
    );
  });

  it('a whole base suppresses only those who left', async () => {
    const desk = await aDesk();
    const report = await imported(
      desk,
      'SMS,SMS blacklisted\n33639980001,yes\n33639980002,no\n33639980003,\n33639980004,1\n',
    );
    expect(report).toMatchObject({ rows: 4, accepted: 2, rejectedBy: { NOT_OPTED_OUT: 2 } });
    expect((await suppressed(desk)).map(({ phone }) => phone)).toEqual(['+33639980001', '+33639980004']);
  });

  it('returns unreadable rows with a code each', async () => {
    const desk = await aDesk();
    const report = await imported(
      desk,
      'number;creationDatetime\n6,3998E+08;\nbonjour;\n;01/03/2026\n0639980001 / 0639980002;\n+33639980003;31/02/2026\n+33639980004;"2026-03-01 10:00\n',
    );
    expect(report.rows).toBe(report.accepted + report.rejected + report.duplicates);
    expect(report.rejectedBy).toMatchObject({
      PHONE_DAMAGED_BY_EXCEL: 1,
      NUMBER_INVALID: 1,
      PHONE_MISSING: 1,
      PHONE_AMBIGUOUS: 1,
    });
    expect((await suppressed(desk)).map(({ phone }) => phone)).toContain('+33639980003');
  });

  it('lifts and deletes nothing, whatever it omits', async () => {
    const desk = await aDesk();
    await imported(desk, EXPORTS['OVH, its blacklists']);
    const before = await suppressed(desk);
    await imported(desk, 'SMS,SMS blacklisted,date\n33639980001,no,2026-11-24\n33639980003,yes,2026-11-24\n');
    expect((await suppressed(desk)).slice(0, 2)).toEqual(before);
    await imported(desk, EXPORTS['OVH, its blacklists']);
    expect(await suppressed(desk)).toHaveLength(3);
  });
});
