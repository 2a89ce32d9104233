import type { Translation } from '../translation.ts';
import type { tenant as french } from '../french/tenant.ts';

/** Halts, and the statement about sales. */
export const tenant: Translation<typeof french> = {
  halt: {
    all: 'Everything is halted',
    account: ({ gateway }) => `The account ${gateway} is halted`,
    accountForAll: ({ gateway }) => `The account ${gateway} is halted for all tenants of this instance`,
    since: ({ moment }) => ` since ${moment}`,
    by: ({ name }) => `, by ${name}`,
    because: ({ reason }) => `: “${reason}”`,
  },
  sale: {
    'sold-by-us':
      'Each number comes from a real sale or service of our company, never from an account, a quote or another company.',
    'given-by-the-person': 'The person gave the number themselves.',
    'told-at-collection': 'When giving it, they were told that it would serve for offers by SMS.',
    'refusal-offered': 'They could refuse simply and free of charge then, and can in each message.',
    'similar-products': 'Offers are of products or services similar to those they bought.',
  },
};
