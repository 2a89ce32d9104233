import { Migration } from '@mikro-orm/migrations';

/**
 * Nobody in Polynesia was on an island that anybody knew of, unless their zone was given and was not Tahiti's.
 *
 * Until somebody tells, they may be in any of its three zones; the next address or zone that is written narrows it.
 */
export class PlacesOfSeveralZones extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE contact NO FORCE ROW LEVEL SECURITY`);
    this.addSql(`
      UPDATE contact SET time_zone = 'Pacific/Tahiti,Pacific/Marquesas,Pacific/Gambier'
       WHERE territory = 'PF' AND time_zone = 'Pacific/Tahiti'`);
    this.addSql(`ALTER TABLE contact FORCE ROW LEVEL SECURITY`);
  }
}
