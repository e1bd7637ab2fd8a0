import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { CredentialsService } from './credentials.service.js';
import { SealedNotes } from './sealed-notes.js';

/** Seals and opens accounts and notes. */
@Module({
  providers: [Clock, CredentialsService, SealedNotes],
  exports: [CredentialsService, SealedNotes],
})
export class CredentialsModule {}
