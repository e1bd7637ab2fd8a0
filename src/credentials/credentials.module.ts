import { Module } from '@nestjs/common';
import { CredentialsService } from './credentials.service.js';
import { SealedNotes } from './sealed-notes.js';

/** Seals and opens accounts and notes. */
@Module({
  providers: [CredentialsService, SealedNotes],
  exports: [CredentialsService, SealedNotes],
})
export class CredentialsModule {}
