import { p, Type } from '@mikro-orm/core';

class InstantType extends Type {
  override getColumnType(): string {
    return 'timestamptz(6)';
  }
}

/** An instant, in JavaScript as ISO text; of a column of this type the ORM would make a `Date`. */
export const instantColumn = () => p.type(InstantType).runtimeType('string');
