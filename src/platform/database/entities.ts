import * as campaign from './entities/campaign.entity.ts';
import * as consent from './entities/consent.entity.ts';
import * as contact from './entities/contact.entity.ts';
import * as account from './entities/gateway-account.entity.ts';
import * as instance from './entities/instance.entity.ts';
import * as message from './entities/message.entity.ts';
import * as tenant from './entities/tenant.entity.ts';

/** The entities of all tables. */
export const entities = [
  ...Object.values(campaign),
  ...Object.values(consent),
  ...Object.values(contact),
  ...Object.values(account),
  ...Object.values(instance),
  ...Object.values(message),
  ...Object.values(tenant),
];
