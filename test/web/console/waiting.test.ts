import { describe, expect, it } from 'vitest';
import { refusalTitle, type RefusalCode } from '../../../src/platform/errors.ts';
import { type Html, nothing } from '../../../src/base/html.ts';
import { campaignPage, type CampaignShown } from '../../../src/web/console/campaigns.ts';
import { importPage } from '../../../src/web/console/imports.ts';
import { momentIn, momentThereAndHere, settingName } from '../../../src/web/console/page-parts.ts';
import { refusedPage } from '../../../src/web/console/refused-form.ts';
import { timelinePage } from '../../../src/web/console/timeline.ts';

const PARIS = { language: 'fr', zone: 'Europe/Paris' } as const;
const FIRST = '2026-11-30T08:00:00.000+04:00';
const MOVED =
  'Prévu samedi 28/11 à 23h00 ; reporté à lundi 30/11 à 08h00 : pas de SMS avant 08h00 ni à partir de 20h00 (WIN-01).';

/** As people read it: without elements, each space as one. */
const read = ({ source }: Html): string => source.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

function campaign(view: Partial<CampaignShown['view']> = {}): CampaignShown {
  return {
    ...PARIS,
    approval: null,
    cost: { estimated: null, estimatedLines: [], totals: [], lines: [] },
    view: {
      id: '018f2b1c-0000-7000-8000-000000000000',
      name: 'Lundi huit heures',
      status: 'running',
      startAt: null,
      expireAt: null,
      accounts: {
        audience: 4,
        pending: 4,
        accepted: 0,
        delivered: 0,
        undelivered: 0,
        excluded: {},
        failed: 0,
        expired: 0,
        uncertain: 0,
      },
      nextDepartureAt: null,
      waitingFor: {
        code: 'OUT_OF_HOURS',
        ruleId: 'WIN-01',
        until: FIRST,
        text: MOVED,
        byTerritory: [
          { territory: 'FR', count: 3, until: '2026-11-30T08:00:00.000+01:00' },
          { territory: 'RE', count: 1, until: FIRST },
        ],
      },
      forecast: null,
      ...view,
    },
    orders: [],
    workflowUrl: '',
    drift: nothing,
    draft: nothing,
  };
}

describe('a campaign that waits for Monday in two places', () => {
  it('shows the hour there and the reader’s', () => {
    expect(read(campaignPage(campaign()).main)).toContain(
      'Attend jusqu’à lun. 30 nov. 2026 08h00 (La Réunion, lun. 30 nov. 2026 05h00 chez vous) · Prévu samedi 28/11 à 23h00 ; reporté à lundi 30/11 à 08h00',
    );
  });

  it('opens nowhere before eight local time', () => {
    const page = read(campaignPage(campaign()).main);
    expect(page).toContain('Jusqu’à (heure du lieu)');
    expect(page).toContain('France métropolitaine 3 lun. 30 nov. 2026 08h00');
    expect(page).toContain('La Réunion 1 lun. 30 nov. 2026 08h00');
  });

  it('is drawn again once another moment holds it', () => {
    expect(campaignPage(campaign()).live).toMatchObject({ status: 'running', until: FIRST });
    expect(campaignPage(campaign({ waitingFor: null })).live).toMatchObject({ until: '' });
  });

  it('shows one hour where both clocks agree', () => {
    const until = '2026-11-30T08:00:00.000+01:00';
    const waitingFor = { code: 'SUNDAY', ruleId: 'WIN-02', until, text: 'No SMS.', byTerritory: [] };
    const page = campaignPage({ ...campaign({ waitingFor }), language: 'en' });
    expect(read(page.main)).toContain('Waits until Mon 30 Nov 2026 08:00 · No SMS.');
  });
});

describe('a campaign whose cost takes long to count', () => {
  it('leads to it, and shows none', () => {
    const page = campaignPage({ ...campaign(), cost: undefined }).main.source;
    expect(page).toContain('?cost=1#cost');
    expect(page).not.toContain('id="cost"');
  });
});

describe('a campaign that ended before the hours of some', () => {
  it('says when it ended, and what remains', () => {
    const { accounts } = campaign().view;
    const page = campaignPage(
      campaign({
        status: 'finished',
        expireAt: '2026-11-29T11:00:00.000Z',
        waitingFor: null,
        accounts: { ...accounts, pending: 0, expired: 4 },
      }),
    );
    expect(read(page.main)).toContain('terminée · plus après dim. 29 nov. 2026 12h00');
    expect(read(page.main)).toContain('Trop tard 4 Une autre campagne, avec une fin plus tardive');
  });
});

it('a cancelled campaign names no API field', () => {
  const { accounts } = campaign().view;
  const view = { status: 'cancelled', accounts: { ...accounts, excluded: { CANCELLED: 4 } } } as const;
  expect(campaignPage(campaign(view)).main.source).not.toContain('notServedBy');
});

it('a message held in Réunion uses its clock', () => {
  const page = timelinePage(PARIS, {
    timeline: {
      about: { kind: 'message', id: 'msg_1', title: '', state: 'ready' },
      happened: [],
      next: [],
      heldBy: { code: 'OUT_OF_HOURS', text: MOVED, until: FIRST, rule: null },
      related: [],
    },
    workflowUrl: undefined,
  });
  expect(read(page.main)).toContain('lun. 30 nov. 2026 08h00 ( lun. 30 nov. 2026 05h00 chez vous)');
});

it('a moment without place uses the reader’s clock', () => {
  expect(read(momentThereAndHere('2027-04-17T13:15:00.000Z', PARIS))).toBe(' sam. 17 avr. 2027 15h15 ');
});

it('a campaign with halted account links to it', () => {
  const waitingFor = { code: 'HALTED', ruleId: null, until: null, text: 'Arrêt.', byTerritory: [] };
  expect(campaignPage(campaign({ waitingFor })).main.source).toContain('href="/console/gateways#halt"');
});

it('a day of a calendar has no hour', () => {
  expect(read(momentIn('2027-03-11', PARIS))).toBe(' jeu. 11 mars 2027 ');
});

const file = {
  id: '018f2b1c-0000-7000-8000-000000000000',
  kind: 'contacts',
  state: 'finished' as const,
  rows: 2,
  accepted: 2,
  rejected: 0,
  duplicates: 0,
  created: 2,
  updated: 0,
  unchanged: 0,
  withdrawals: 0,
  rejectedBy: {},
  warningsBy: { MINOR: 1, NAME_CONFLICT: 1, OF_TOMORROW: 1 },
  ignoredColumns: [],
  wordings: [],
  failure: null,
  failureDetail: null,
  unread: null,
  progress: { read: 2, total: 2, rowsPerSecond: null, secondsLeft: null },
  createdAt: '2026-11-28T15:00:00.000+01:00',
  finishedAt: null,
};

it('a file’s warnings are put in words', () => {
  const page = read(importPage(PARIS, { view: file, funnel: nothing, mayCancel: false }).main);
  expect(page).toContain('La personne est mineure. MINOR 1');
  expect(page).toContain('Deux noms pour un numéro : aucun n’est mis dans les textes. NAME_CONFLICT 1');
  expect(page).toContain('OF_TOMORROW 1');
});

it('an unreadable file shows its columns and shape', () => {
  const unread = {
    headings: ['Quand', '<Mobile>'],
    unknown: ['Quand'],
    lacking: [],
    rows: [['9 xxx.', '99 99'], ['x']],
  };
  const { main } = importPage(PARIS, {
    view: { ...file, state: 'failed' as const, unread },
    funnel: nothing,
    mayCancel: false,
  });
  expect(main.source).toContain(
    '<th scope="col">Quand (non compris)</th><th scope="col">&lt;Mobile&gt;</th>',
  );
  expect(main.source).toContain('9 xxx.');
});

it.each([
  ['retail', 'commerce'],
  ['home-adaptation', 'adaptation du logement'],
  ['RE', 'La Réunion'],
  ['fr', 'français'],
  ['fr-seed-strict', 'fr-seed-strict'],
])('the choice %s is %s in French', (name, said) => {
  expect(settingName(name, 'fr')).toBe(said);
});

/** What the pages of the console may be refused by what they order. */
const IN_FRENCH: readonly RefusalCode[] = [
  'NUMBER_INVALID',
  'CONTENT_REFUSED',
  'OPT_OUT_IMPOSSIBLE',
  'APPROVAL_NEEDED',
  'IDENTITY_MISSING',
  'STOP_PATH_UNPROVEN',
  'SERIES_CANNOT_MOVE',
  'MESSAGE_NOT_UNCERTAIN',
  'WORDING_WEAK',
];

it.each(IN_FRENCH)('%s is worded in French with a link', (code) => {
  const { main } = refusedPage('fr', { code, details: {} });
  expect(main.source).not.toContain(refusalTitle(code, 'en'));
  expect(main.source).toContain('href="/console"');
});
