import { describe, expect, it } from 'vitest';
import { PreviewShown } from '../../../../src/web/api/company/tenant.ts';
import { settingsAsked } from '../../../../src/web/console/settings.ts';
import { faultsIn } from '../../../support/language-faults.ts';

const MOMENT = { first: '2027-03-20T20:30:00+01:00', last: '2027-03-22T08:00:00+01:00' };
const EXAMPLE = { id: '018f2b1c-0000-7000-8000-000000000000', territory: 'FR', timeZone: 'Europe/Paris' };
const SEEN = PreviewShown.parse({
  at: '2027-03-20T12:00:00+01:00',
  reasonFor: [],
  looked: { campaigns: { looked: 1, of: 2 }, series: { looked: 3, of: 3 } },
  changes: [
    { field: 'profile', before: 'fr-seed-strict', after: 'fr-charter-2026' },
    { field: 'confirmationSkips', before: false, after: true },
  ],
  moved: 12,
  ended: 1,
  added: 2,
  reworded: 3,
  keepSender: { reminders: 4, campaigns: 5 },
  uncounted: 6,
  isWhole: false,
  from: MOMENT,
  to: MOMENT,
  examples: [
    { ...EXAMPLE, kind: 'campaign', name: '–', messages: 9, from: MOMENT.first, to: MOMENT.last },
    { ...EXAMPLE, kind: 'reminder', name: 'P1D', territory: 'RE', messages: 1, from: MOMENT.first, to: null },
    {
      ...EXAMPLE,
      kind: 'reminder',
      name: '2/-P3D',
      territory: 'YT',
      messages: 1,
      from: null,
      to: MOMENT.last,
    },
  ],
  opened: [{ on: '2027-04-02', because: [{ ruleId: 'HOL-02', title: '–', text: '–' }] }],
});

describe.each([
  ['fr', 'ven. 2 avr. 2027', 'Rappel, 1 jour avant', 'Rappels prévus qui gardent'],
  ['en', 'Fri 2 Apr 2027', 'Reminder, 1 day before', 'Planned reminders that keep'],
] as const)('what is told before settings are saved, in %s', (language, day, reminder, kept) => {
  const { title, lines, label } = settingsAsked(SEEN, { language, zone: 'Europe/Paris' });
  const said = [title, ...lines, label].join('\n');

  it('says days, reminders and figures as people do', () => {
    for (const words of [day, reminder, kept]) expect(said).toContain(words);
  });

  it('is wholly in its own language', () => {
    expect(faultsIn(said, language)).toEqual([]);
  });
});
