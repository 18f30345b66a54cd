-- Pairs of reports of which one repeats the other.
with

agencies as (

    select distinct
        agency_id,
        agency
    from (${agency_years})

)

select
    copies.report_year,
    agencies.agency,
    copies.other_report_year,
    others.agency as other_agency,
    case copies.section
        when 'overview' then '一、总体情况'
        when 'problems' then '五、问题及改进'
        when 'other' then '六、其他事项'
        when 'proactive' then '表二'
        when 'requests' then '表三'
        when 'disputes' then '表四'
        else copies.section
    end as section,
    copies.similarity,
    copies.start_line,
    copies.other_start_line,
    copies.repeated_number_count
from fct_copies as copies
inner join agencies on copies.agency_id = agencies.agency_id
inner join agencies as others on copies.other_agency_id = others.agency_id
