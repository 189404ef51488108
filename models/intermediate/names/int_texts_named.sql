{{ config(
    materialized='table',
    meta={'is_known_by_rows': true},
    pre_hook="{{ keep_texts_named() if execute }}",
    post_hook="{{ note_texts_named() if execute }}"
) }}

with

{{ texts_with_names(ref('int_texts_listed'), ref('int_persons_named')) }}

select
    text,
    {{ mask_text('masked') }} as shown
from with_names
