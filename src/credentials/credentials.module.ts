import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { CredentialsService } from './credentials.service.js';
import { SealedNotes } from './sealed-notes.js';

/** Metadata string in, account out. */
@Module({
  providers: [Clock, CredentialsService, SealedNotes],
  exports: [CredentialsService, SealedNotes],
})
export class CredentialsModule {}
