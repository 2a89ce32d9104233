import { freezeAudience } from '../../src/campaigns/audience/freeze.ts';
import { uuidV7 } from '../../src/base/random.ts';
import type { Reply, Served } from '../web/server/served.ts';

/** How somebody agreed; on paper, to advertising, yesterday, unless a test says otherwise. */
export interface Agreement {
  readonly purpose?: string;
  readonly grantedAt?: string;
  /** What the paper is filed under: the number, if nothing else is said. */
  readonly documentRef?: string;
  /** Makes the contact first, with these fields beside its number. */
  readonly person?: object;
}

/** How patients agreed to reminders at their practice, long before any booking. */
export const consent = {
  method: 'paper',
  grantedAt: '2026-08-21T03:30',
  wording: 'J’accepte de recevoir par SMS les rappels de mes rendez-vous au cabinet.',
};

/** What a test of the API has before its first fact. */
export interface World {
  /** The words of a purpose, made once; answers their id. */
  wording(purpose?: string): Promise<string>;
  /** Somebody who agreed to these words; answers the id of the contact. */
  agreed(phone: string, agreement?: Agreement): Promise<string>;
  /** A draft of advertising to everybody, unless a test says otherwise; answers its id. */
  draft(about?: object): Promise<string>;
  /** Such a draft, launched. */
  launched(about?: object): Promise<string>;
}

/** Builds through the API what tests have in common, with one key; what is refused throws. */
export function aWorld({ ask, admin, clock }: Pick<Served, 'ask' | 'admin' | 'clock'>): World {
  const post = async (path: string, body: object = {}): Promise<Reply['body']> => {
    const answer = await ask('POST', path, { key: admin, body });
    if (answer.status >= 300) throw new Error(`${path} was answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  const wordings = new Map<string, string>();
  const world: World = {
    wording: async (purpose = 'marketing') => {
      const what = purpose === 'marketing' ? 'offres' : `messages (${purpose})`;
      const text = `Oui aux ${what} de Ma société par SMS. STOP pour arrêter.`;
      const words = { purpose, locale: 'fr', text, inUseFrom: '2020-01-01T00:00:00Z' };
      const id = wordings.get(purpose) ?? String((await post('/v1/wordings', words)).id);
      wordings.set(purpose, id);
      return id;
    },
    agreed: async (phone, { purpose = 'marketing', person, ...how } = {}) => {
      const wordingId = await world.wording(purpose);
      const { grantedAt = clock.now().minus({ days: 1 }).toISO(), documentRef = phone } = how;
      const who = person && { contactId: (await post('/v1/contacts', { phone, ...person })).id };
      const proof = { wordingId, method: 'paper', grantedAt, evidence: { documentRef } };
      return String((await post('/v1/consents', { ...(who ?? { phone }), purpose, ...proof })).contactId);
    },
    draft: async (about) => {
      const text = 'Ma société : -20 % en boutique. {stop}';
      const usual = {
        name: 'Soldes',
        purpose: 'marketing',
        text,
        audience: { all: true },
      };
      return String((await post('/v1/campaigns', { ...usual, ...about })).id);
    },
    launched: async (about) => {
      const id = await world.draft(about);
      await post(`/v1/campaigns/${id}/launch`);
      return id;
    },
  };
  return world;
}

/** Freezes the audience of a launched campaign, as its workflow would. */
export function frozen(
  { api, database, tenantId }: Pick<Served, 'api' | 'database' | 'tenantId'>,
  campaignId: string,
): ReturnType<typeof freezeAudience> {
  const keysOf = (tenant: string) => database.withTenant(tenant, (tx) => api.vault.tenant(tx));
  const newId = (): string => uuidV7(api.clock.machine());
  return freezeAudience({ database, clock: api.clock, newId, keysOf }, { tenantId, campaignId });
}
