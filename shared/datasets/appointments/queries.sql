-- query: top_doctor
-- title: Which doctor has the most confirmed appointments?
WITH confirmed AS (
    SELECT doctor_id, COUNT(*) AS confirmed
    FROM fact_appointments
    WHERE status = 'confirmed'
    GROUP BY doctor_id
)
SELECT d.doctor_id, d.name, d.specialty, c.confirmed
FROM confirmed c
JOIN dim_doctor d ON d.doctor_id = c.doctor_id
WHERE c.confirmed = (SELECT MAX(confirmed) FROM confirmed)
ORDER BY d.doctor_id;

-- query: patient_history
-- title: Which confirmed appointments does a patient have?
-- parameter: patient_id identifier = 34: the patient's number
SELECT a.booking_id, a.booking_date, a.doctor_id, d.name AS doctor, d.specialty
FROM fact_appointments a
JOIN dim_doctor d ON d.doctor_id = a.doctor_id
WHERE a.status = 'confirmed' AND a.patient_id = :patient_id
ORDER BY a.booking_date, a.booking_id;

-- query: cancelled_between
-- title: How many appointments between two dates were cancelled?
-- parameter: start_date date = 2025-10-21: the first day
-- parameter: end_date date = 2025-10-24: the last day, which counts too
SELECT COUNT(*) AS cancelled
FROM fact_appointments
WHERE status = 'cancelled' AND CAST(booking_date AS DATE) BETWEEN :start_date AND :end_date;

-- query: confirmed_per_doctor
-- title: How many confirmed appointments has each doctor, and how many of a hundred are confirmed in the specialty?
WITH counted AS (
    SELECT d.doctor_id, d.name, d.specialty, COUNT(a.booking_id) AS appointments,
           COUNT(CASE WHEN a.status = 'confirmed' THEN 1 END) AS confirmed
    FROM dim_doctor d
    LEFT JOIN fact_appointments a ON a.doctor_id = d.doctor_id
    GROUP BY d.doctor_id, d.name, d.specialty
)
SELECT doctor_id, name, specialty, confirmed, appointments,
       ROUND(100.0 * SUM(confirmed) OVER (PARTITION BY specialty)
             / NULLIF(SUM(appointments) OVER (PARTITION BY specialty), 0), 4) AS specialty_confirmed_percent
FROM counted
ORDER BY confirmed DESC, doctor_id;
