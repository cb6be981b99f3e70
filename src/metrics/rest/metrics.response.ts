import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import type { Metrics } from '../application/get-metrics.query.js';
import type { Period } from '../application/requested-window.js';
import { FreshnessResponse, period, source } from './answer-parts.js';
import { DefinitionsResponse } from './definitions.response.js';
import { AmountsResponse, TypesResponse, UsersResponse } from './fact-sections.response.js';
import { ComparisonResponse, FiguresResponse } from './figures.response.js';

export class MetricsResponse extends IntersectionType(FiguresResponse, FreshnessResponse) implements Metrics {
  @period()
  period!: Period | null;

  @source()
  computed_from!: 'projections' | 'facts';

  @ApiProperty({ description: 'What each rate is.' })
  definitions!: DefinitionsResponse;

  @ApiPropertyOptional({ description: 'With `compare=previous`: the window of the same length just before.' })
  comparison?: ComparisonResponse;

  @ApiPropertyOptional({ description: 'With `include=users`.' })
  users?: UsersResponse;

  @ApiPropertyOptional({ description: 'With `include=amounts`.' })
  amounts?: AmountsResponse;

  @ApiPropertyOptional({ description: 'With `include=types`.' })
  types?: TypesResponse;
}
